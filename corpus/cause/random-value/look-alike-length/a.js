var k="0123456789abcdef";
