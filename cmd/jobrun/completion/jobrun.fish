# fish completion for jobrun. What may stand at a place is asked of jobrun itself.

function __jobrun_complete
    set -l words (commandline -opc)
    set -l last (commandline -ct)
    set -l lines (command $words[1] complete -- $words "$last" 2>/dev/null)
    set -l option (string match -r -- '^--[a-z-]+=' "$last")

    switch "$lines[1]"
        case ':files'
            for path in (__fish_complete_path (string replace -- "$option" '' "$last"))
                echo "$option$path"
            end
        case ':directories'
            __fish_complete_directories "$last"
        case '*'
            printf '%s\n' $lines
    end
end

complete -c jobrun -f -a '(__jobrun_complete)'
