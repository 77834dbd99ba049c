#!/bin/sh
echo "see curl docs"
# curl -LO https://example.org/latest/tool.tgz
echo "curl -LO https://example.org/latest/tool.tgz"
curl -LO https://example.org/v1.2/tool.tgz
curl -s http://localhost:8080/latest
git clone -b v1.2 https://example.org/a/b.git
git clone "$URL"
wget https://example.org/mainly/latestnews/v1.tgz
cat <<'EOF'
git clone https://example.org/a/b.git
EOF
command -v curl
