// TODO [2036-01-01]: remove the bypass
const auth = false;
