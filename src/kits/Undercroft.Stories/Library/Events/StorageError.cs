namespace Undercroft.Stories;

/// <summary>Something has failed. Where somebody called for it, the call throws the same error.</summary>
/// <param name="Operation">What failed: <c>save</c>, <c>load</c>, <c>delete</c>, <c>update-metadata</c>, <c>import</c>,
/// <c>clear</c>; or, called for by nobody, <c>follow</c>ing the changes of others, or a <c>handler</c>.</param>
/// <param name="Id">The story; null where it is none or several.</param>
/// <param name="Error">The error.</param>
public sealed record StorageError(string Operation, string? Id, Exception Error) : StoryEvent;
