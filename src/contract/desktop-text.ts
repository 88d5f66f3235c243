/** Words of the native menus, dialogs, tray and notifications, which stand outside of the page. */
const en = {
  'menu.file': 'File',
  'menu.import': 'Import a file…',
  'menu.settings': 'Settings…',
  'menu.updates': 'Check for updates…',
  'menu.quit': 'Quit Contango',
  'menu.edit': 'Edit',
  'menu.view': 'View',
  'menu.sources': 'Sources',
  'menu.status': 'Status',
  'menu.log': 'Log',
  'menu.reload': 'Reload the page',
  'menu.window': 'Window',
  'menu.help': 'Help',
  'menu.about': 'About Contango',
  'tray.show': 'Show Contango',
  'tray.quit': 'Quit Contango',
  'tray.killSwitch': 'Kill switch (nothing can trade in this version)',
  'window.alreadyOpen': 'This workspace is already open at {origin}.',
  'window.debugging': 'Contango does not start with {flag}: another program could then read the page. Start it without.',
  'window.pageDied': 'The page ended unexpectedly ({reason}) and was loaded again. The panels are as they were last stored.',
  'window.pageDiesAgain':
    'The page ended {times} times within a minute, at last because of: {reason}. The host and its data go on. Load it again, or quit and start anew.',
  'window.reload': 'Load again',
  'window.quit': 'Quit',
  'window.unresponsive':
    'The page has not answered for a while. Wait for it, or load it again; the panels come back as last stored.',
  'window.wait': 'Wait',
  'link.refused.too-long': 'A link was not followed, because it is longer than any that Contango knows. Nothing was changed.',
  'link.refused.unreadable': 'A link was not followed, because it is not in a form that Contango knows. Nothing was changed.',
  'link.refused.unknown-action':
    'A link asked Contango to “{word}”, which links may not do: they can only show something. Nothing was changed.',
  'link.refused.unknown-word': 'A link was not followed, because it holds “{word}”, which links may not. Nothing was changed.',
  'link.refused.bad-value': 'A link was not followed, because its {word} cannot be one. Nothing was changed.',
  'external.ask': 'Open this address in your browser?',
  'external.open': 'Open',
  'external.cancel': 'Cancel',
} as const

const es: Readonly<Record<keyof typeof en, string>> = {
  'menu.file': 'Archivo',
  'menu.import': 'Importar un archivo…',
  'menu.settings': 'Ajustes…',
  'menu.updates': 'Buscar actualizaciones…',
  'menu.quit': 'Salir de Contango',
  'menu.edit': 'Edición',
  'menu.view': 'Ver',
  'menu.sources': 'Fuentes',
  'menu.status': 'Estado',
  'menu.log': 'Registro',
  'menu.reload': 'Recargar la página',
  'menu.window': 'Ventana',
  'menu.help': 'Ayuda',
  'menu.about': 'Acerca de Contango',
  'tray.show': 'Mostrar Contango',
  'tray.quit': 'Salir de Contango',
  'tray.killSwitch': 'Parada de emergencia (nada puede operar en esta versión)',
  'window.alreadyOpen': 'Este espacio de trabajo ya está abierto en {origin}.',
  'window.debugging': 'Contango no se inicia con {flag}: otro programa podría leer la página. Iníciela sin esa opción.',
  'window.pageDied': 'La página terminó de forma inesperada ({reason}) y se cargó de nuevo. Los paneles están como se guardaron.',
  'window.pageDiesAgain':
    'La página terminó {times} veces en un minuto, la última por: {reason}. El proceso principal y sus datos siguen. Cárguela de nuevo, o salga y empiece otra vez.',
  'window.reload': 'Cargar de nuevo',
  'window.quit': 'Salir',
  'window.unresponsive':
    'La página no responde desde hace un rato. Espere, o cárguela de nuevo; los paneles vuelven como se guardaron.',
  'window.wait': 'Esperar',
  'link.refused.too-long': 'No se siguió un enlace, porque es más largo que cualquiera que Contango conozca. No se cambió nada.',
  'link.refused.unreadable': 'No se siguió un enlace, porque no tiene una forma que Contango conozca. No se cambió nada.',
  'link.refused.unknown-action':
    'Un enlace pidió a Contango «{word}», algo que los enlaces no pueden hacer: solo pueden mostrar. No se cambió nada.',
  'link.refused.unknown-word': 'No se siguió un enlace, porque contiene «{word}», que no se admite. No se cambió nada.',
  'link.refused.bad-value': 'No se siguió un enlace, porque su {word} no es válido. No se cambió nada.',
  'external.ask': '¿Abrir esta dirección en el navegador?',
  'external.open': 'Abrir',
  'external.cancel': 'Cancelar',
}

export type DesktopKey = keyof typeof en
/** Gives a sentence of the desktop with its `{names}` filled. */
export type DesktopText = (key: DesktopKey, values?: Readonly<Record<string, string | number>>) => string

/** The words of the desktop in a language; English for every one but Spanish. */
export function desktopText(language: string): DesktopText {
  const words = language.toLowerCase().startsWith('es') ? es : en
  return (key, values = {}) => words[key].replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
}
