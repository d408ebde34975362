# http_get PATH: prints what LKP_SERVER answers; used with `.`.
# shellcheck shell=sh

http_get()
{
	url="http://$LKP_SERVER:${LKP_CGI_PORT:-80}/~$LKP_USER/$1"
	[ -z "$NO_NETWORK" ] || return 0
	if command -v wget >/dev/null; then
		wget -q -O - "$url"
	elif command -v curl >/dev/null; then
		curl -sSf "$url"
	elif command -v busybox >/dev/null; then
		busybox wget -q -O - "$url"
	else
		echo 'Cannot find wget/curl.' >&2
		return 1
	fi
}
