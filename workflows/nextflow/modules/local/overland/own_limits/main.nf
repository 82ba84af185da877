// Written by workflows/generate from `overland stages --json`: change it there.
process OVERLAND_OWN_LIMITS {
    tag "$meta.id"
    label 'overland_run'
    container params.container

    input:
    tuple val(meta), val(results)

    output:
    tuple val(meta), val(results), emit: done
    path 'versions.yml', emit: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def round = task.ext.round ?: ''
    """
    overland-step '${results}' own_limits --run '${meta.id}' --threads ${task.cpus} ${args}

    cat <<-END_VERSIONS > versions.yml
    "${task.process}":
        overland: \$(overland --version | sed 's/^overland //')
    END_VERSIONS
    """

    stub:
    """
    touch versions.yml
    """
}
