/** @jsxImportSource /home/eve/x/runtime */
export default 1;
