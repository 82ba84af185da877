// Written by workflows/generate from `overland stages --json`: change it there.
process OVERLAND_OUTCOME {
    tag "$results"
    label 'overland_cohort'
    container params.container

    input:
    val results

    output:
    val results, emit: done
    path 'versions.yml', emit: versions

    when:
    task.ext.when == null || task.ext.when

    script:
    def args = task.ext.args ?: ''
    def round = task.ext.round ?: ''
    """
    overland-outcome '${results}'

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
