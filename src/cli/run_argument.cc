#include "cli/run_argument.h"

#include "cli/project_argument.h"

namespace lode {

Result<AskedRun> asked_run(const CommandContext& context) {
  AskedRun asked{context.argument("PROJECT"), context.argument(kRunArgument)};
  auto is_number = [](const std::string& text) {
    return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
  };
  if (!context.given(kRunArgument) && is_number(asked.project)) {
    TRY(bool is_path, exists(context.files, asked.project));
    if (!is_path) return AskedRun{".", asked.project};
  }
  if (asked.number.empty() || is_number(asked.number)) return asked;
  return fail(Code::kInvalid, "'{}' is no number of a run; `lode runs` lists them", asked.number);
}

}  // namespace lode
