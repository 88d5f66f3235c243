// Loaded before a data process that stands for a utility process of Electron: gives it the port that Electron would.
import { EventEmitter } from 'node:events'

process.parentPort = Object.assign(new EventEmitter(), { postMessage: message => process.send?.(message) })
process.on('message', data => process.parentPort.emit('message', { data, ports: [] }))
process.on('disconnect', () => process.exit(0))
