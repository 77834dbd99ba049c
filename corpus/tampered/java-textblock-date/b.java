class A { String s = """
  \""" /*
  """; static String buildDate = "2026-06-01"; String t = """
 */ """; }
