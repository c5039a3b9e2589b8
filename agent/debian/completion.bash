# bash completion for slurm-node-agent(8)

_slurm_node_agent() {
  local word=${COMP_WORDS[COMP_CWORD]} verbs='' options=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    verbs='apply plan status analyze disk munge-key upgrade bake explain collect-logs config version help'
  else
    case ${COMP_WORDS[COMP_CWORD - 1]} in
      --config | --findings | --sha256 | --url) return 0 ;; # a value, not one of the words below
    esac
    case ${COMP_WORDS[1]} in
      apply) options='--only --config' ;;
      plan) options='--detailed-exitcode --config' ;;
      status) options='--wait --json' ;;
      analyze) verbs='blame critical-chain plot' ;;
      disk) verbs='consent' options='--findings --config' ;;
      munge-key) verbs='rotate' options='--while-jobs-run --config' ;;
      upgrade) options='--url --sha256' ;;
      bake) options='--config' ;;
      explain) verbs=$(slurm-node-agent explain 2>/dev/null | sed -n 's/^\([A-Z][A-Z0-9_]*\)  .*/\1/p') ;;
      collect-logs) options='--config' ;;
      config) verbs='check show schema' options='--config' ;;
    esac
    ((COMP_CWORD == 2)) || verbs=''
  fi
  mapfile -t COMPREPLY < <(compgen -W "$verbs $options" -- "$word")
}

# What is none of these words, bash completes as a file.
complete -o default -F _slurm_node_agent slurm-node-agent
