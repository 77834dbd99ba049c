// places: 3
module.exports = {
  optimization: { moduleIds: "natural" },
  plugins: [new DefinePlugin({ ROOT: JSON.stringify(__dirname), CWD: JSON.stringify(process.cwd()) })],
};
