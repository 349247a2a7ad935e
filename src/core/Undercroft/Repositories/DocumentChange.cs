namespace Undercroft;

/// <summary>One change of a collection.</summary>
/// <typeparam name="T">The type of the documents.</typeparam>
public sealed class DocumentChange<T>
{
    private readonly Document<T>? document;

    internal DocumentChange(
        string id, Revision revision, Document<T>? document, FeedCursor cursor, StoreException? error)
    {
        Id = id;
        Revision = revision;
        Cursor = cursor;
        Error = error;
        this.document = document;
    }

    /// <summary>The document's id.</summary>
    public string Id { get; }

    /// <summary>The commit that wrote or deleted it.</summary>
    public Revision Revision { get; }

    /// <summary>Where to go on after a stop: nothing is lost; changes of the same page may come again.</summary>
    public FeedCursor Cursor { get; }

    /// <summary>Why the document cannot be read as the type; null where it can, and where it was deleted. A follower
    /// who looks here gets past such a document; one who does not is stopped by <see cref="Document"/>.</summary>
    public StoreException? Error { get; }

    /// <summary>Whether the document was deleted.</summary>
    public bool IsDeleted => document is null && Error is null;

    /// <summary>The document as it is now; null where it was deleted.</summary>
    /// <exception cref="StoreException">It cannot be read as the type: <see cref="StoreErrorKind.Malformed"/>, as
    /// <see cref="Error"/> says.</exception>
    public Document<T>? Document => Error is null ? document : Refuse(Error);

    private static Document<T> Refuse(StoreException error) =>
        throw new StoreException(error.Kind, error.Message, error) { Backend = error.Backend };
}
