package io.pinna;

/**
 * A file or other resource that could not be used. It always names the resource, the field of it that is at fault (a SOFA variable, a JSON path, a chunk of a WAV
 * file, an OBJ line; "file" when it is the whole of it) and the reason.
 */
public final class ResourceException extends PinnaException {
    private static final long serialVersionUID = 1L;

    private final String resource;
    private final String field;
    private final String reason;

    /**
     * @param resource path or name of the resource as the caller gave it
     * @param field    the part that is at fault
     * @param reason   what is wrong with it, what was allowed, what to do
     */
    public ResourceException(String resource, String field, String reason) {
        this(resource, field, reason, null);
    }

    public ResourceException(String resource, String field, String reason, Throwable cause) {
        super(resource + ": " + field + ": " + reason, cause);
        this.resource = resource;
        this.field = field;
        this.reason = reason;
    }

    public String resource() {
        return resource;
    }

    public String field() {
        return field;
    }

    public String reason() {
        return reason;
    }
}
