# bash completion for jobrun. What may stand at a place is asked of jobrun itself.
# shellcheck shell=bash

_jobrun() {
	local line words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")

	COMPREPLY=()
	# bash makes a word of its own of the = in --name=value; behind it the value begins.
	[[ ${words[-1]} != = ]] || words+=('')
	while IFS= read -r line; do
		case $line in
		:files) compopt -o default ;;
		:directories) compopt -o dirnames ;;
		*) COMPREPLY+=("${line%%$'\t'*}") ;;
		esac
	done < <("${words[0]/#\~/$HOME}" complete -- "${words[@]}" 2>/dev/null)
}
complete -F _jobrun jobrun
