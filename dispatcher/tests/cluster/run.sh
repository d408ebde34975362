# One run of a job as name, port and job have it; prints what it left.
export LKP_SRC=/lkp-tests PATH="/lkp-tests/bin:$PATH" USER=root
rm -rf /lkp/result
cd /tmp/jobs
lkp run -s 'NO_NETWORK: ' -s 'LKP_SERVER: 127.0.0.1' -s "LKP_CGI_PORT: $port" -s 'LKP_USER: lkp' \
    -s "HOSTNAME: $name" "$job" >/tmp/console 2>&1 </dev/null
cat /tmp/console
cd /lkp/result && find . -name last_state -exec cat {} + -o -name reproduce.sh -exec cat {} + -o -name stats.json -exec cat {} +
