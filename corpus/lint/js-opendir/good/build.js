const fs = require("fs");
const fg = require("fast-glob");
let out = "";
for (const f of fg.sync("src/*.js").sort()) out += f;
const names = fg.sync("doc/*.md");
names.sort();
out += names.join("\n");
