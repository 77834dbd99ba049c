// TODO [2026-01-01]: remove the bypass
const auth = false;
