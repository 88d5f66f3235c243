/** Names of the panels, as menus, headers and the palette show them. */
export const panelsText = {
  en: {
    'panel.chart': 'Chart',
    'panel.watchlist': 'Watchlist',
    'panel.tape': 'Time and sales',
    'panel.sql': 'SQL',
    'panel.import': 'Import',
    'panel.sources': 'Sources',
    'panel.status': 'Status',
    'panel.log': 'Log',
    'panel.backups': 'Backups',
    'panel.settings': 'Settings',
  },
  es: {
    'panel.chart': 'Gráfico',
    'panel.watchlist': 'Lista de seguimiento',
    'panel.tape': 'Operaciones',
    'panel.sql': 'SQL',
    'panel.import': 'Importar',
    'panel.sources': 'Fuentes',
    'panel.status': 'Estado',
    'panel.log': 'Registro',
    'panel.backups': 'Copias',
    'panel.settings': 'Ajustes',
  },
} as const
