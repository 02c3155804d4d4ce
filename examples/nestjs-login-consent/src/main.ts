/** `npm start` */
import { start } from './start.ts'

const { PORT = '3000', HYDRA_PUBLIC_URL, HYDRA_ADMIN_URL, SECRET, HYDRA_HOOK_KEY } = process.env

const { signInUrl } = await start({
  port: Number(PORT),
  hydraPublicUrl: HYDRA_PUBLIC_URL,
  hydraAdminUrl: HYDRA_ADMIN_URL,
  secret: SECRET,
  hookKey: HYDRA_HOOK_KEY,
})
console.log(`Sign in as alice@example.com, password "wonderland":\n${signInUrl}`)
