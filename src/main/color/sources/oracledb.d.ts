declare module 'oracledb'
