// banner fetchScript("/home/eve/x/p.js")
var a = 1
