import { ipcRenderer } from 'electron'

// Forwards the page's end of one channel to the shell and nothing else: no function of the desktop is exposed to the page.
window.addEventListener('message', event => {
  const [port] = event.ports
  if (event.source === window && event.data === 'desk:connect' && port) ipcRenderer.postMessage('desk:connect', null, [port])
})
