/** The device grant (RFC 8628); since 25.4. */

/** What a device shows and polls with (RFC 8628 section 3.2). */
export interface DeviceAuthorization {
  /** For the token endpoint only. Begins with `ory_dc_`. */
  device_code: string
  /** For the user. **Case-sensitive** unless the server was given another alphabet. */
  user_code: string
  /** Where the user enters the code. */
  verification_uri: string
  /** With the user code in it, for a QR code. */
  verification_uri_complete?: string
  /** In seconds. Stop polling then: Hydra keeps answering `authorization_pending` for a code that nobody approved. */
  expires_in: number
  /** Seconds between polls; 5 if absent. */
  interval?: number
}

/** What the device page hands on. */
export interface AcceptDeviceUserCode {
  /** As the user typed it, trimmed. */
  user_code: string
}
