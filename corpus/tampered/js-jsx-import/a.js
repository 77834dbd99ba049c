/** @jsxImportSource /build/app-1.0/runtime */
export default 1;
