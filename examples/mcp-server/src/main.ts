/** `npm start` */
import { ada } from './login-app.ts'
import { start } from './start.ts'

const { PORT = '8080', LOGIN_PORT = '3000', HYDRA_PUBLIC_URL, HYDRA_ADMIN_URL } = process.env

const { mcpUrl } = await start({
  mcpPort: Number(PORT),
  loginPort: Number(LOGIN_PORT),
  hydraPublicUrl: HYDRA_PUBLIC_URL,
  hydraAdminUrl: HYDRA_ADMIN_URL,
})
console.log(`MCP server: ${mcpUrl}\nSign in as ${ada.email}, password "${ada.password}".`)
