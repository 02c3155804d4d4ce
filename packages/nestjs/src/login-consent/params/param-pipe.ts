import type { PipeTransform, Type } from '@nestjs/common'

/** A pipe behind a parameter, or its class. */
export type ParamPipe = Type<PipeTransform> | PipeTransform
