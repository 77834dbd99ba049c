// places: 5
const webpack = require("webpack");
const stamp = new Date().toISOString().slice(0, 10);
const started = Date.now();
module.exports = {
  plugins: [
    new webpack.BannerPlugin({ banner: `/*! built ${new Date().toISOString()} */` }),
    new webpack.DefinePlugin({ BUILD: JSON.stringify(Date.now()), YEAR: new Date().getFullYear() }),
    new webpack.BannerPlugin("v1 of " + stamp),
  ],
};
const file = "bundle." + started + ".js";
