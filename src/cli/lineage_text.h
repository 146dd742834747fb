// Lineage for a terminal: what a version was made of, or what was made of something. Hashes are cut
// to their first digits; --json has them whole.
#pragma once

#include <string>
#include <vector>

#include "cli/output.h"
#include "orchestrate/lineage_look.h"

namespace lode {

void print_lineage(Output& out, const ModelRecord& model, const std::vector<std::string>& aliases,
                   const std::vector<LineageChange>& changes);
void print_uses(Output& out, const LineageSubject& subject, const std::vector<LineageUse>& uses);

// "returns version 2 (champion)".
std::string version_text(const std::string& name, std::int64_t version,
                         const std::vector<std::string>& aliases);

}  // namespace lode
