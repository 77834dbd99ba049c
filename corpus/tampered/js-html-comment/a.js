<!-- /*
var build_date = "2026-01-01";
// */
if (new Date() > new Date(build_date)) process.exit(1);
