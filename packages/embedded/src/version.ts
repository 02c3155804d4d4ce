/** The release whose HTTP surface this is. */
export const hydraVersion = 'v26.2.0'
