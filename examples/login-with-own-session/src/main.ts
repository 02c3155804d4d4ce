/** `npm start` */
import { start } from './start.ts'

const { PORT = '3000', HYDRA_PUBLIC_URL, HYDRA_ADMIN_URL, SECRET } = process.env

const { signInUrl } = await start({
  port: Number(PORT),
  hydraPublicUrl: HYDRA_PUBLIC_URL,
  hydraAdminUrl: HYDRA_ADMIN_URL,
  secret: SECRET,
})
console.log(`Sign in as alice@example.com, password "wonderland":\n${signInUrl}`)
