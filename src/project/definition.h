// The canonical text of a declaration: everything that changes what it means, and nothing else.
// Equal texts mean equal values, so data sets and trained models are named by hashes of them
// (docs/semantics.md 8.5).
//
// Left out: comments, layout, spelling of expressions and lengths of time, the order of keys, of
// sources, of values and of contract rules, places, notes, names and paths of data files (the lake
// names their content). Kept in order: the columns of a source, because a file may have
// no header, and those of a training set, because a model's bytes
// depend on it.
// Stable: a change of this text is a change of the engine semantics version.
// Format: lines of `key length:value`, where a value may itself be such lines.
// Threads: pure functions.
#pragma once

#include <string>
#include <string_view>

#include "base/file.h"
#include "base/hash.h"
#include "project/project.h"

namespace lode {

// Part of every definition's text; see docs/semantics.md.
inline constexpr std::string_view kEngineSemanticsVersion = "1";

// A zone look-up counts by its file's content, which is read here (kIo, kNotFound; kLimit over 64
// MB); any zone counts with the version of the time-zone data.
Result<std::string> source_definition(const Source& source, FileSystem& files = posix_files());
// With the source it is about.
Result<std::string> label_definition(const Project& project, const Label& label,
                                     FileSystem& files = posix_files());
// With the source or label it is over.
Result<std::string> view_definition(const Project& project, const View& view,
                                    FileSystem& files = posix_files());
// With the source of its rows, its label, and every view it reads.
Result<std::string> training_definition(const Project& project, const TrainingSet& set,
                                        FileSystem& files = posix_files());
// A model's own declaration; its data set has a name of its own.
std::string model_definition(const Model& model);

// Names of the views a training set reads, sorted, each once.
std::vector<std::string> views_read(const TrainingSet& set);

}  // namespace lode
