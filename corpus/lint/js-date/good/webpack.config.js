const pkg = require("./package.json");
const when = new Date(1000 * (process.env.SOURCE_DATE_EPOCH ?? Date.now() / 1000));
module.exports = { banner: `/*! v${pkg.version} ${when.toISOString()} */` };
