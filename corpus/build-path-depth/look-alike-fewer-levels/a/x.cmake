include("../../opt/a.cmake")
