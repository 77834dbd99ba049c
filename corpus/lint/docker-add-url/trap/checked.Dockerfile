FROM scratch AS a
ARG SUM
ADD https://example.org/tool-1.2.exe /bin/tool.exe
RUN if ((Get-FileHash -Path /bin/tool.exe -Algorithm SHA256).Hash -ne $Env:SUM) { Throw "wrong" }
FROM debian@sha256:0000000000000000000000000000000000000000000000000000000000000000
ADD https://example.org/x-1.tgz /x-1.tgz
RUN echo "$SUM  /x-1.tgz" | sha256sum -c
