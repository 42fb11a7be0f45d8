// Style sheets, which the build takes along.

declare module '*.css' {}
