// places: 2
module.exports = function (grunt) {
  grunt.initConfig({
    banner: '/*! <%= pkg.name %> - <%= grunt.template.today("yyyy-mm-dd") %> */',
    uglify: { options: { banner: "/* " + grunt.template.today("yyyy") + " */" } },
  });
};
