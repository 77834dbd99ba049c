class A { String s = """
  \""" /*
  """; static String buildDate = "2026-01-01"; String t = """
 */ """; }
