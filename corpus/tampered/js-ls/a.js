// banner fetchScript("/build/app-1.0/p.js")
var a = 1
