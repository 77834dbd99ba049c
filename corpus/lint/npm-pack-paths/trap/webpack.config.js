// new DefinePlugin({ ROOT: JSON.stringify(__dirname) })
module.exports = {
  entry: path.resolve(__dirname, "src/index.js"),
  context: process.cwd(),
  plugins: [new DefinePlugin({ VERSION: JSON.stringify(require(path.join(__dirname, "package.json")).version) })],
  text: "moduleIds: 'natural' __dirname",
};
