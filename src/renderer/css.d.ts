declare module '*.module.css' {
  const names: { readonly [name: string]: string }
  // biome-ignore lint/style/noDefaultExport: this is the form in which the bundler gives a style sheet's names
  export default names
}
declare module '*.css'
declare module '@fontsource-variable/inter'
