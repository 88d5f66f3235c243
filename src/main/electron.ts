import { app, BrowserWindow, dialog, ipcMain, Menu, protocol, session } from 'electron'
import { installationOf } from './entries.ts'
import { startShell } from './shell.ts'

// The only file that imports Electron itself; everything it does is in shell.ts, which takes it as an argument.
const argv = process.argv.slice(app.isPackaged ? 1 : 2)

startShell({ app, BrowserWindow, dialog, ipcMain, Menu, protocol, session }, installationOf(import.meta.url), argv).catch(
  fault => {
    dialog.showErrorBox('Contango', fault instanceof Error ? fault.message : String(fault))
    app.exit(1)
  },
)
