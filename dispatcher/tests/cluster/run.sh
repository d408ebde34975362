# One run of the iperf job as cluster, name, role and port have it; prints what it left.
export LKP_SRC=/lkp-tests PATH="/lkp-tests/bin:$PATH" USER=root
mkdir -p /lkp /tmp/jobs
cd /tmp/jobs
lkp split-job -t "$name" -o . -s "cluster: $cluster" -s "node_roles: $role" -s 'need_monitors: false' \
    -s 'compiler: none' -s 'runtime: 1' -s 'protocol: tcp' "$(find "$LKP_SRC/jobs" -name iperf.yaml)" 2>&1
for job in ./*.yaml; do
    lkp run -s 'NO_NETWORK: ' -s 'LKP_SERVER: 127.0.0.1' -s "LKP_CGI_PORT: $port" -s 'LKP_USER: lkp' \
        -s "HOSTNAME: $name" "$job" 2>&1 </dev/null
done
cd /lkp/result && find . -name last_state -exec cat {} + -o -name reproduce.sh -exec cat {} + -o -name stats.json -exec cat {} +
