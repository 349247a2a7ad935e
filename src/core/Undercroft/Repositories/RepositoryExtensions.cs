namespace Undercroft;

/// <summary>Shorter forms of what <see cref="IRepository{T}"/> does.</summary>
public static class RepositoryExtensions
{
    /// <summary>Short forms for one repository.</summary>
    extension<T>(IRepository<T> repository)
    {
        /// <summary>Writes a document that is not there yet, under the id the definition finds in it.</summary>
        /// <exception cref="InvalidOperationException">The definition does not say how to find ids.</exception>
        /// <exception cref="RevisionConflictException">There is one. Nothing was written.</exception>
        public ValueTask<Document<T>> CreateAsync(
            T value, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
            repository.CreateAsync(repository.IdOf(value), value, options, cancellationToken);

        /// <summary>Writes a document whether it is there or not, under the id the definition finds in it.</summary>
        /// <exception cref="InvalidOperationException">The definition does not say how to find ids.</exception>
        public ValueTask<Document<T>> UpsertAsync(
            T value, WriteOptions? options = null, CancellationToken cancellationToken = default) =>
            repository.UpsertAsync(repository.IdOf(value), value, options, cancellationToken);

        /// <summary>Writes a document whether it is there or not: the last writer wins.</summary>
        /// <exception cref="UniqueConflictException">A unique value is taken. Nothing was written.</exception>
        public async ValueTask<Document<T>> UpsertAsync(
            string id, T value, WriteOptions? options = null, CancellationToken cancellationToken = default)
        {
            var written = await repository
                .UpsertManyAsync([new(id, value)], options, cancellationToken)
                .ConfigureAwait(false);
            return written[0];
        }

        /// <summary>Writes a document back with a new value, if nobody has written it since it was read.</summary>
        /// <exception cref="RevisionConflictException">It was written or deleted since. Nothing was written.
        /// </exception>
        public ValueTask<Document<T>> UpdateAsync(
            Document<T> read, T value, WriteOptions? options = null, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(read);
            return repository.UpdateAsync(read.Id, read.Revision, value, options, cancellationToken);
        }

        private string IdOf(T value) => repository.Definition.IdOf is { } idOf
            ? idOf(value)
            : throw new InvalidOperationException(
                $"The collection {Names.Show(repository.Definition.Name)} does not say where its documents have " +
                "their ids. Give the id, or define the collection WithId.");
    }
}
