using Undercroft.Files.Writing;

namespace Undercroft.Files.Tree;

/// <summary>What a look through the tree found.</summary>
/// <param name="Edits">What to commit.</param>
/// <param name="Report">What to tell.</param>
/// <param name="HasMore">Whether there was more than fits into one commit: look again.</param>
internal sealed record TreeLook(IReadOnlyList<HandEdit> Edits, RescanReport Report, bool HasMore);
