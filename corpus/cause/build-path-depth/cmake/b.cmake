include("../../../../../usr/share/doc/targets.cmake")
set(DIR "../../../../../usr/share/doc")
