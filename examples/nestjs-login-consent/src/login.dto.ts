import { IsEmail, IsOptional, IsString, MaxLength } from 'class-validator'

/** The login form. What it refuses is shown at the form, in these words. */
export class LoginDto {
  @IsEmail({}, { message: 'Please enter an e-mail address.' })
  readonly email!: string

  @IsString()
  @MaxLength(256, { message: 'This password is too long.' })
  readonly password!: string

  /** "Keep me signed in" is ticked. */
  @IsOptional()
  readonly remember?: boolean
}
