#!/usr/bin/env nextflow
// Written by workflows/generate from `overland stages --json`: change it there.
// The stages of `overland search`, one process each. All tasks share the results folder; Overland itself knows what in it
// is done, so that a pipeline that is started again does only what is missing (README.md).
nextflow.enable.dsl = 2

include { OVERLAND_PREPARE } from './modules/local/overland/prepare/main'
include { OVERLAND_READ } from './modules/local/overland/read/main'
include { OVERLAND_BUILD_LIBRARY } from './modules/local/overland/build_library/main'
include { OVERLAND_LIBRARY } from './modules/local/overland/library/main'
include { OVERLAND_TUNE as OVERLAND_FIRST_TUNE } from './modules/local/overland/tune/main'
include { OVERLAND_BORROW as OVERLAND_FIRST_BORROW } from './modules/local/overland/borrow/main'
include { OVERLAND_SECOND_PASS as OVERLAND_FIRST_SECOND_PASS } from './modules/local/overland/second_pass/main'
include { OVERLAND_SCORE as OVERLAND_FIRST_SCORE } from './modules/local/overland/score/main'
include { OVERLAND_REFINE } from './modules/local/overland/refine/main'
include { OVERLAND_TUNE } from './modules/local/overland/tune/main'
include { OVERLAND_BORROW } from './modules/local/overland/borrow/main'
include { OVERLAND_SECOND_PASS } from './modules/local/overland/second_pass/main'
include { OVERLAND_SCORE } from './modules/local/overland/score/main'
include { OVERLAND_TRANSFER } from './modules/local/overland/transfer/main'
include { OVERLAND_CHROMATOGRAMS } from './modules/local/overland/chromatograms/main'
include { OVERLAND_OWN_LIMITS } from './modules/local/overland/own_limits/main'
include { OVERLAND_LIMITS } from './modules/local/overland/limits/main'
include { OVERLAND_INTEGRATE } from './modules/local/overland/integrate/main'
include { OVERLAND_REPORT } from './modules/local/overland/report/main'
include { OVERLAND_PAGE } from './modules/local/overland/page/main'
include { OVERLAND_OUTCOME } from './modules/local/overland/outcome/main'

// Absolute paths, each in quotes for the shell.
def quoted(paths) {
    return paths.collect { path -> "'" + file(path.toString()).toAbsolutePath() + "'" }.join(' ')
}

def search_arguments() {
    def words = params.fasta ? params.fasta.tokenize(',').collect { fasta -> '--fasta ' + quoted([fasta]) }
                             : ['--library ' + quoted([params.library])]
    if (params.contaminants) words << '--contaminants ' + quoted([params.contaminants])
    if (params.refine) words << '--refine'
    if (params.tsv) words << '--tsv'
    words << (params.mbr ? '--mbr' : '--no-mbr')
    words << "--set integrate.consensus_limits=${params.consensus_limits}"
    words << "--set report.html=${params.page}"
    return words.join(' ')
}

workflow OVERLAND {
    take:
    samples // of each run: [id: its name, file: its path, condition: ...]

    main:
    def several_runs = samples.size() > 1
    def results = file(params.outdir).toAbsolutePath().toString()
    ch_samples = Channel.fromList(samples)

    OVERLAND_PREPARE(results, search_arguments(), quoted(samples.collect { sample -> sample.file }))
    ch_versions = OVERLAND_PREPARE.out.versions
    ch_runs = ch_samples.combine(OVERLAND_PREPARE.out.done)

    OVERLAND_READ(ch_runs)
    ch_runs = OVERLAND_READ.out.done
    ch_versions = ch_versions.mix(OVERLAND_READ.out.versions.first())
    if (params.fasta) {
        OVERLAND_BUILD_LIBRARY(ch_runs.collect { it[1] }.map { it[0] })
        ch_runs = ch_samples.combine(OVERLAND_BUILD_LIBRARY.out.done)
        ch_versions = ch_versions.mix(OVERLAND_BUILD_LIBRARY.out.versions.first())
    }
    OVERLAND_LIBRARY(ch_runs.collect { it[1] }.map { it[0] })
    ch_runs = ch_samples.combine(OVERLAND_LIBRARY.out.done)
    ch_versions = ch_versions.mix(OVERLAND_LIBRARY.out.versions.first())
    if (params.refine) {
        OVERLAND_FIRST_TUNE(ch_runs)
        ch_runs = OVERLAND_FIRST_TUNE.out.done
        ch_versions = ch_versions.mix(OVERLAND_FIRST_TUNE.out.versions.first())
        OVERLAND_FIRST_BORROW(ch_runs.collect { it[1] }.map { it[0] })
        ch_runs = ch_samples.combine(OVERLAND_FIRST_BORROW.out.done)
        ch_versions = ch_versions.mix(OVERLAND_FIRST_BORROW.out.versions.first())
        OVERLAND_FIRST_SECOND_PASS(ch_runs)
        ch_runs = OVERLAND_FIRST_SECOND_PASS.out.done
        ch_versions = ch_versions.mix(OVERLAND_FIRST_SECOND_PASS.out.versions.first())
        OVERLAND_FIRST_SCORE(ch_runs.collect { it[1] }.map { it[0] })
        ch_runs = ch_samples.combine(OVERLAND_FIRST_SCORE.out.done)
        ch_versions = ch_versions.mix(OVERLAND_FIRST_SCORE.out.versions.first())
        OVERLAND_REFINE(ch_runs.collect { it[1] }.map { it[0] })
        ch_runs = ch_samples.combine(OVERLAND_REFINE.out.done)
        ch_versions = ch_versions.mix(OVERLAND_REFINE.out.versions.first())
    }
    OVERLAND_TUNE(ch_runs)
    ch_runs = OVERLAND_TUNE.out.done
    ch_versions = ch_versions.mix(OVERLAND_TUNE.out.versions.first())
    OVERLAND_BORROW(ch_runs.collect { it[1] }.map { it[0] })
    ch_runs = ch_samples.combine(OVERLAND_BORROW.out.done)
    ch_versions = ch_versions.mix(OVERLAND_BORROW.out.versions.first())
    OVERLAND_SECOND_PASS(ch_runs)
    ch_runs = OVERLAND_SECOND_PASS.out.done
    ch_versions = ch_versions.mix(OVERLAND_SECOND_PASS.out.versions.first())
    OVERLAND_SCORE(ch_runs.collect { it[1] }.map { it[0] })
    ch_runs = ch_samples.combine(OVERLAND_SCORE.out.done)
    ch_versions = ch_versions.mix(OVERLAND_SCORE.out.versions.first())
    if (params.mbr && several_runs) {
        OVERLAND_TRANSFER(ch_runs.collect { it[1] }.map { it[0] })
        ch_runs = ch_samples.combine(OVERLAND_TRANSFER.out.done)
        ch_versions = ch_versions.mix(OVERLAND_TRANSFER.out.versions.first())
    }
    OVERLAND_CHROMATOGRAMS(ch_runs)
    ch_runs = OVERLAND_CHROMATOGRAMS.out.done
    ch_versions = ch_versions.mix(OVERLAND_CHROMATOGRAMS.out.versions.first())
    if (several_runs && params.consensus_limits) {
        OVERLAND_OWN_LIMITS(ch_runs)
        ch_runs = OVERLAND_OWN_LIMITS.out.done
        ch_versions = ch_versions.mix(OVERLAND_OWN_LIMITS.out.versions.first())
        OVERLAND_LIMITS(ch_runs.collect { it[1] }.map { it[0] })
        ch_runs = ch_samples.combine(OVERLAND_LIMITS.out.done)
        ch_versions = ch_versions.mix(OVERLAND_LIMITS.out.versions.first())
    }
    OVERLAND_INTEGRATE(ch_runs)
    ch_runs = OVERLAND_INTEGRATE.out.done
    ch_versions = ch_versions.mix(OVERLAND_INTEGRATE.out.versions.first())
    OVERLAND_REPORT(ch_runs.collect { it[1] }.map { it[0] })
    ch_runs = ch_samples.combine(OVERLAND_REPORT.out.done)
    ch_versions = ch_versions.mix(OVERLAND_REPORT.out.versions.first())
    if (params.page) {
        OVERLAND_PAGE(ch_runs.collect { it[1] }.map { it[0] })
        ch_runs = ch_samples.combine(OVERLAND_PAGE.out.done)
        ch_versions = ch_versions.mix(OVERLAND_PAGE.out.versions.first())
    }

    OVERLAND_OUTCOME(ch_runs.collect { it[1] }.map { it[0] })

    emit:
    results = OVERLAND_OUTCOME.out.done
    versions = ch_versions
}

workflow {
    // The columns of assets/schema_input.json; the name of a run is its file name without the ending.
    def rows = file(params.input, checkIfExists: true).splitCsv(header: true, sep: '\t')
    def samples = rows.collect { row ->
        def place = file(row.file.startsWith('/') ? row.file : "${file(params.input).toAbsolutePath().parent}/${row.file}", checkIfExists: true)
        row + [id: place.name.replaceFirst(/(?i)\.(mzml\.gz|mzml|mzxml\.gz|mzxml|arrow|raw|wiff)$/, ''), file: place.toString()]
    }
    OVERLAND(samples)
}
