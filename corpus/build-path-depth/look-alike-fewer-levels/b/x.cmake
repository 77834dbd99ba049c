include("../opt/a.cmake")
