import {
  app,
  BrowserWindow,
  dialog,
  ipcMain,
  Menu,
  Notification,
  protocol,
  screen,
  session,
  shell,
  Tray,
  utilityProcess,
} from 'electron'
import electronUpdater from 'electron-updater'
import { installationOf } from './entries.ts'
import { startShell } from './shell/shell.ts'

// The only file that imports Electron itself; everything it does is in shell/, which takes it as an argument.
const argv = process.argv.slice(app.isPackaged ? 1 : 2)
const parts = { app, BrowserWindow, dialog, ipcMain, Menu, Notification, protocol, screen, session, shell, Tray, utilityProcess }

startShell({ ...parts, updater: () => electronUpdater.autoUpdater }, installationOf(import.meta.url), argv).catch(fault => {
  dialog.showErrorBox('Contango', fault instanceof Error ? fault.message : String(fault))
  app.exit(1)
})
