module.exports = {
  optimization: { moduleIds: "deterministic" },
  plugins: [new DefinePlugin({ ROOT: JSON.stringify("/") })], // not __dirname
};
