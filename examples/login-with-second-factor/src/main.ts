/** `npm start` */
import { Secret } from 'otpauth'
import { totpOf } from './second-factor.ts'
import { start } from './start.ts'

const { PORT = '3000', HYDRA_PUBLIC_URL, HYDRA_ADMIN_URL, SECRET } = process.env

const totpSecret = new Secret({ size: 20 }).base32
const { signInUrl } = await start({
  port: Number(PORT),
  hydraPublicUrl: HYDRA_PUBLIC_URL,
  hydraAdminUrl: HYDRA_ADMIN_URL,
  secret: SECRET,
  totpSecret,
})
console.log(`Sign in as alice@example.com, password "wonderland":\n${signInUrl}`)
const totp = totpOf(totpSecret)
console.log(`\nPut this into an authenticator app, or take the codes from here:\n${totp.toString()}`)
const print = (): void => console.log(`code: ${totp.generate()}`)
print()
setInterval(print, 30_000)
